interface TypedArray {
  readonly length: number;
  [index: number]: number;
  set(values: ArrayLike<number>, at?: number): void;
  slice(from: number, to: number): this;
}

/** Numbers whose count is not known before: room is doubled as they come. */
export class GrowingArray<T extends TypedArray> {
  length = 0;
  private values: T;
  private readonly make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.make = make;
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = this.make(2 * this.length);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.values[index]!;
  }

  finish(): T {
    return this.values.slice(0, this.length);
  }
}

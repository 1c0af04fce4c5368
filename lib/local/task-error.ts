/** An error as a Task raises it: Retry matches its name, and its message becomes the Cause. */
export const taskError = (name: string, cause: string): Error => Object.assign(new Error(cause), { name });

/**
 * Faults of the npm package's binding that are mended before it is compiled. Each text stands exactly once in its file;
 * a new version of the package in which it does not stops the set-up.
 * @type {readonly { file: string, from: string, to: string, why: string }[]}
 */
export const BINDING_PATCHES = [
  {
    file: "tfjs_backend.cc",
    from: "static std::set<std::string> ATTR_NAME_SET;",
    to: "static thread_local std::set<std::string> ATTR_NAME_SET;",
    why: "every operation writes its attributes' names here: two worker threads at once broke the set and the process",
  },
];

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
  {
    file: "tfjs_backend.cc",
    from: "    case TF_BOOL:\n",
    to: "    case TF_UINT16:\n      typed_array_type = napi_uint16_array;\n      break;\n    case TF_UINT8:\n    case TF_BOOL:\n",
    why: "decoded pictures could only be read after a cast to floats or 32-bit integers",
  },
];

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
  ...readInto(),
];

/** A second argument of tensorDataSync(): the array that takes the values. */
function readInto() {
  const why = "a new array for each picture took a tenth of the time of decoding it: memory that must be cleared first";
  return [
    {
      file: "tfjs_binding.cc",
      from: "  // Tensor data-sync takes 1 param: tensor ID;\n  size_t argc = 1;\n  napi_value args[1];\n",
      to: "  size_t argc = 2;\n  napi_value args[2];\n",
      why,
    },
    {
      file: "tfjs_binding.cc",
      from: "backend->GetTensorData(env, args[0]);",
      to: "backend->GetTensorData(env, args[0], argc > 1 ? args[1] : nullptr);",
      why,
    },
    {
      file: "tfjs_backend.h",
      from: "GetTensorData(napi_env env, napi_value tensor_id_value);",
      to: "GetTensorData(napi_env env, napi_value tensor_id_value, napi_value into_value = nullptr);",
      why,
    },
    {
      file: "tfjs_backend.cc",
      from: "GetTensorData(napi_env env,\n                                      napi_value tensor_id_value) {\n",
      to: "GetTensorData(napi_env env, napi_value tensor_id_value, napi_value into_value) {\n",
      why,
    },
    {
      file: "tfjs_backend.cc",
      from: "  napi_value js_value;\n  CopyTFE_TensorHandleDataToJSData(env, tfe_context_, tensor_entry->second,\n",
      to: `
  if (into_value != nullptr) {
    void *into;
    size_t length;
    napi_typedarray_type type;
    ENSURE_NAPI_OK_RETVAL(
        env, napi_get_typedarray_info(env, into_value, &type, &length, &into, nullptr, nullptr), nullptr);
    TF_AutoStatus tf_status;
    TF_AutoTensor tensor(TFE_TensorHandleResolve(tensor_entry->second, tf_status.status));
    ENSURE_TF_OK_RETVAL(env, tf_status, nullptr);
    const size_t bytes = TF_TensorByteSize(tensor.tensor);
    if (type != napi_uint8_array || length < bytes) {
      NAPI_THROW_ERROR(env, "Expecting a Uint8Array of %zu bytes or more", bytes);
      return nullptr;
    }
    memcpy(into, TF_TensorData(tensor.tensor), bytes);
    return into_value;
  }

  napi_value js_value;
  CopyTFE_TensorHandleDataToJSData(env, tfe_context_, tensor_entry->second,
`,
      why,
    },
  ];
}

// What JavaScript calls (lib/engine/network-addon.ts): networks that are made once and run on many films.
#include <node_api.h>

#include <cstring>
#include <exception>
#include <string>

#include "network.h"

namespace {

using hilum::Network;
using hilum::Program;

template <typename T>
struct ArrayOf;
template <>
struct ArrayOf<uint8_t> {
  static constexpr napi_typedarray_type TYPE = napi_uint8_array;
};
template <>
struct ArrayOf<int32_t> {
  static constexpr napi_typedarray_type TYPE = napi_int32_array;
};
template <>
struct ArrayOf<float> {
  static constexpr napi_typedarray_type TYPE = napi_float32_array;
};

template <typename T>
struct Values {
  T* data = nullptr;
  size_t length = 0;
};

struct Refused {
  std::string what;
};

template <typename T>
Values<T> array_at(napi_env env, napi_value value) {
  napi_typedarray_type type;
  Values<T> values;
  void* data;
  if (napi_get_typedarray_info(env, value, &type, &values.length, &data, nullptr, nullptr) != napi_ok ||
      type != ArrayOf<T>::TYPE) {
    throw Refused{"network: an array of another type"};
  }
  values.data = static_cast<T*>(data);
  return values;
}

// An array of structures whose members are all int32.
template <typename Structure>
std::vector<Structure> structures_at(napi_env env, napi_value value) {
  static_assert(sizeof(Structure) % sizeof(int32_t) == 0, "members of int32 alone");
  const Values<int32_t> values = array_at<int32_t>(env, value);
  if (values.length * sizeof(int32_t) % sizeof(Structure) != 0) throw Refused{"network: a structure cut short"};
  std::vector<Structure> structures(values.length * sizeof(int32_t) / sizeof(Structure));
  if (!structures.empty()) std::memcpy(structures.data(), values.data, values.length * sizeof(int32_t));
  return structures;
}

template <typename T>
std::vector<T> vector_at(napi_env env, napi_value value) {
  const Values<T> values = array_at<T>(env, value);
  return std::vector<T>(values.data, values.data + values.length);
}

// Calls `body` with the arguments, a missing one undefined; whatever it throws becomes a RangeError.
template <size_t COUNT, typename Body>
napi_value guarded(napi_env env, napi_callback_info info, Body body) {
  size_t count = COUNT;
  napi_value values[COUNT];
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  try {
    return body(values);
  } catch (const Refused& refused) {
    napi_throw_range_error(env, nullptr, refused.what.c_str());
  } catch (const std::exception& error) {
    napi_throw_range_error(env, nullptr, error.what());
  }
  return nullptr;
}

// Null after close().
struct Handle {
  std::unique_ptr<Network> network;
};

Handle* handle_at(napi_env env, napi_value value) {
  void* data = nullptr;
  if (napi_get_value_external(env, value, &data) != napi_ok) throw Refused{"network: not one of ours"};
  return static_cast<Handle*>(data);
}

// More than any machine gives one process to compute with.
constexpr int32_t MOST_THREADS = 1024;

// (buffers, steps, ends, parameters, scale, offset, threads, kernels or null)
napi_value open_network(napi_env env, napi_callback_info info) {
  return guarded<8>(env, info, [env](napi_value* values) {
    struct Ends {
      hilum::View features;
      hilum::Explained explained;
    };
    Program program;
    program.buffers = structures_at<hilum::Buffer>(env, values[0]);
    program.steps = structures_at<hilum::Step>(env, values[1]);
    const auto ends = structures_at<Ends>(env, values[2]);
    if (ends.size() != 1) throw Refused{"network: its ends are missing"};
    program.features = ends[0].features;
    program.explained = ends[0].explained;
    program.parameters = vector_at<float>(env, values[3]);
    program.scale = vector_at<float>(env, values[4]);
    program.offset = vector_at<float>(env, values[5]);
    int32_t threads = 0;
    if (napi_get_value_int32(env, values[6], &threads) != napi_ok || threads < 1 || threads > MOST_THREADS) {
      throw Refused{"network: a number of threads that is none"};
    }
    char name[16] = "";
    const bool is_named = napi_get_value_string_utf8(env, values[7], name, sizeof(name), nullptr) == napi_ok;
    const hilum::Kernels* kernels = hilum::find_kernels(is_named ? name : nullptr);
    if (kernels == nullptr) throw Refused{std::string("network: this processor has no kernels ") + name};

    auto* handle = new Handle{std::make_unique<Network>(std::move(program), *kernels, threads)};
    napi_value external;
    const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
    if (napi_create_external(env, handle, finalize, nullptr, &external) != napi_ok) {
      delete handle;
      throw Refused{"network: no handle"};
    }
    return external;
  });
}

// (network, grey, logits, features, maps or null), each for as many films as `grey` has
napi_value run_network(napi_env env, napi_callback_info info) {
  return guarded<5>(env, info, [env](napi_value* values) -> napi_value {
    Network* network = handle_at(env, values[0])->network.get();
    if (network == nullptr) throw Refused{"network: it is closed"};
    const Values<uint8_t> grey = array_at<uint8_t>(env, values[1]);
    const Values<float> logits = array_at<float>(env, values[2]), features = array_at<float>(env, values[3]);
    napi_valuetype type;
    napi_typeof(env, values[4], &type);
    const Values<float> maps = type == napi_object ? array_at<float>(env, values[4]) : Values<float>{};
    const size_t films = grey.length / network->pixels();
    if (films * network->pixels() != grey.length || logits.length != films * network->logits() ||
        features.length != films * network->features() ||
        (maps.data != nullptr && maps.length != films * network->maps())) {
      throw Refused{"network: films and answers of other lengths"};
    }
    for (size_t i = 0; i < films; i += 1) {
      network->run(grey.data + i * network->pixels(),
                   {logits.data + i * network->logits(), features.data + i * network->features(),
                    maps.data == nullptr ? nullptr : maps.data + i * network->maps()});
    }
    return nullptr;
  });
}

napi_value close_network(napi_env env, napi_callback_info info) {
  return guarded<1>(env, info, [env](napi_value* values) -> napi_value {
    handle_at(env, values[0])->network.reset();
    return nullptr;
  });
}

// () -> the name of this processor's best kernels
napi_value best_kernels(napi_env env, napi_callback_info) {
  napi_value name;
  napi_create_string_utf8(env, hilum::find_kernels(nullptr)->name, NAPI_AUTO_LENGTH, &name);
  return name;
}

void add_function(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value init(napi_env env, napi_value exports) {
  add_function(env, exports, "bestKernels", best_kernels);
  add_function(env, exports, "openNetwork", open_network);
  add_function(env, exports, "runNetwork", run_network);
  add_function(env, exports, "closeNetwork", close_network);
  return exports;
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

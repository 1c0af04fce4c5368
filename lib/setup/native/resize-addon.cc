// What JavaScript calls (lib/engine/picture-addons.ts): grey pictures to a rectangle of a larger picture.
#include "rectangle.h"

namespace {

using namespace hilum;

// source: a picture's pixels, Uint8Array or Uint16Array
napi_value resize_picture(napi_env env, napi_callback_info info) {
  Request request;
  if (!read_request(env, info, &request)) return refuse(env);
  const Array& source = request.source;
  if (static_cast<int64_t>(source.length) / request.width < request.height) return refuse(env);
  bool done;
  if (source.type == napi_uint8_array) {
    done = resize(request, static_cast<const uint8_t*>(source.data));
  } else if (source.type == napi_uint16_array) {
    done = resize(request, static_cast<const uint16_t*>(source.data));
  } else {
    return refuse(env);
  }
  return done ? nullptr : lacks_memory(env);
}

napi_value init(napi_env env, napi_value exports) {
  return export_function(env, exports, "resizePicture", resize_picture);
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

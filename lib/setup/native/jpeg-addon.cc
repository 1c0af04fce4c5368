// What JavaScript calls (lib/engine/picture-addons.ts): grey JPEG files to a rectangle of a larger picture.
#include <string>

#include "decode-jpeg.h"
#include "rectangle.h"

namespace {

using namespace hilum;

// source: a JPEG file of one component, Uint8Array. Throws an error with the decoder's words.
napi_value resize_grey_jpeg(napi_env env, napi_callback_info info) {
  Request request;
  if (!read_request(env, info, &request) || request.source.type != napi_uint8_array) return refuse(env);
  bool fits = true;
  std::string fault = decode_grey_jpeg(
      static_cast<const uint8_t*>(request.source.data), request.source.length,
      [&](const uint8_t* pixels, int64_t width, int64_t height) {
        fits = width == request.width && height == request.height;
        if (fits) resize(request, pixels);
      });
  if (!fits) fault = "the picture has another size than its header tells";
  if (!fault.empty()) napi_throw_error(env, nullptr, fault.c_str());
  return nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  return export_function(env, exports, "resizeGreyJpeg", resize_grey_jpeg);
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

// What JavaScript calls (lib/engine/picture-addons.ts): grey JPEG files to a rectangle of a larger picture.
#include <algorithm>
#include <string>

#include "decode-jpeg.h"
#include "rectangle.h"

namespace {

using namespace hilum;

// What libjpeg puts where a file has no data for a block: it warns, which TensorFlow does not pass on.
constexpr uint8_t MISSING = 128;
constexpr int64_t BLOCK_SIDE = 8;

// Whether the last block, which lacks its data whenever some are missing, could lack them.
bool may_lack_data(const uint8_t* pixels, int64_t width, int64_t height) {
  const uint8_t* end = pixels + width * height;
  return std::all_of(end - (width - 1) % BLOCK_SIDE - 1, end, [](uint8_t value) { return value == MISSING; });
}

// source: a JPEG file of one component, Uint8Array. Returns whether some of its data may be missing. Throws an error
// with the decoder's words.
napi_value resize_grey_jpeg(napi_env env, napi_callback_info info) {
  Request request;
  if (!read_request(env, info, &request) || request.source.type != napi_uint8_array) return refuse(env);
  bool fits = true, is_doubtful = false, done = true;
  std::string fault = decode_grey_jpeg(
      static_cast<const uint8_t*>(request.source.data), request.source.length,
      [&](const uint8_t* pixels, int64_t width, int64_t height) {
        fits = width == request.width && height == request.height;
        if (!fits) return;
        is_doubtful = may_lack_data(pixels, width, height);
        done = resize(request, pixels);
      });
  if (!done) return lacks_memory(env);
  if (!fits) fault = "the picture has another size than its header tells";
  if (!fault.empty()) napi_throw_error(env, nullptr, fault.c_str());
  napi_value answer = nullptr;
  napi_get_boolean(env, is_doubtful, &answer);
  return answer;
}

napi_value init(napi_env env, napi_value exports) {
  return export_function(env, exports, "resizeGreyJpeg", resize_grey_jpeg);
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

// What JavaScript calls (lib/engine/picture-addons.ts): grey JPEG files to a rectangle of a larger picture.
#include <memory>

#include "decode-jpeg.h"
#include "rectangle.h"

namespace {

using namespace hilum;

constexpr int64_t MOST_PIXELS = int64_t{1} << 30;

// (..., moments, levels, grid); source: a JPEG file of one component, Uint8Array. Returns whether the decoder took
// it without a word; what stands in the rectangle otherwise is not said.
napi_value resize_grey_jpeg(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS + STATISTICS_ARGUMENTS];
  Request request;
  Statistics statistics;
  if (!read_arguments(env, info, values) || !read_request(env, values, &request) ||
      !read_statistics(env, values + ARGUMENTS, &statistics) || request.source.type != napi_uint8_array ||
      request.height > MOST_PIXELS / request.width) {
    return refuse(env);
  }
  bool is_decoded = false;
  const bool done = has_memory([&] {
    const std::unique_ptr<uint8_t[]> pixels(new uint8_t[request.width * request.height]);
    is_decoded = decode_grey_jpeg(static_cast<const uint8_t*>(request.source.data), request.source.length,
                                  request.width, request.height, pixels.get());
    if (!is_decoded) return;
    look_at(pixels.get(), request.width, request.height, UINT8_MAX, statistics);
    resize(request, pixels.get());
  });
  if (!done) return lacks_memory(env);
  napi_value answer = nullptr;
  napi_get_boolean(env, is_decoded, &answer);
  return answer;
}

napi_value init(napi_env env, napi_value exports) {
  return export_function(env, exports, "resizeGreyJpeg", resize_grey_jpeg);
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

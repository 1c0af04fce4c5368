// What JavaScript calls (lib/engine/picture-addons.ts): grey pictures to a rectangle of a larger picture, and their sums.
#include "rectangle.h"

namespace {

using namespace hilum;

bool holds(const Array& source, int64_t width, int64_t height) {
  return width > 0 && height > 0 && static_cast<int64_t>(source.length) / width >= height;
}

template <typename Work>
napi_value with_pixels(napi_env env, const Array& source, const Work& work) {
  bool done;
  if (source.type == napi_uint8_array) {
    done = has_memory([&] { work(static_cast<const uint8_t*>(source.data)); });
  } else if (source.type == napi_uint16_array) {
    done = has_memory([&] { work(static_cast<const uint16_t*>(source.data)); });
  } else {
    return refuse(env);
  }
  return done ? nullptr : lacks_memory(env);
}

// source: a picture's pixels, Uint8Array or Uint16Array
napi_value resize_picture(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS];
  Request request;
  if (!read_arguments(env, info, values) || !read_request(env, values, &request)) return refuse(env);
  const Array& source = request.source;
  if (!holds(source, request.width, request.height)) return refuse(env);
  return with_pixels(env, source, [&](const auto* pixels) { resize(request, pixels); });
}

// (source, width, height, maxValue, moments, levels, grid)
napi_value picture_statistics(napi_env env, napi_callback_info info) {
  enum { PICTURE, PICTURE_WIDTH, PICTURE_HEIGHT, MAX_VALUE, OWN };
  napi_value values[OWN + STATISTICS_ARGUMENTS];
  Array source;
  int64_t width, height;
  double max_value;
  Statistics statistics;
  if (!read_arguments(env, info, values) || !read_array(env, values[PICTURE], &source) ||
      napi_get_value_int64(env, values[PICTURE_WIDTH], &width) != napi_ok ||
      napi_get_value_int64(env, values[PICTURE_HEIGHT], &height) != napi_ok ||
      napi_get_value_double(env, values[MAX_VALUE], &max_value) != napi_ok || !(max_value >= 1) ||
      !std::isfinite(max_value) ||
      !read_statistics(env, values + OWN, &statistics) || !holds(source, width, height)) {
    return refuse(env);
  }
  return with_pixels(env, source,
                     [&](const auto* pixels) { look_at(pixels, width, height, max_value, statistics); });
}

napi_value init(napi_env env, napi_value exports) {
  export_function(env, exports, "pictureStatistics", picture_statistics);
  return export_function(env, exports, "resizePicture", resize_picture);
}

}  // namespace

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)

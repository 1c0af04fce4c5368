#include "decode-jpeg.h"

#include <climits>
#include <functional>

// TensorFlow's own wrapper of libjpeg-turbo, which its DecodeJpeg calls (tensorflow/core/lib/jpeg/jpeg_mem.h of 2.21). Its
// header is not in the wheel. Called directly, since DecodeJpeg keeps the number of warnings to itself.
namespace tensorflow {
namespace jpeg {

struct UncompressFlags {
  int ratio = 1;
  int components = 0;
  bool fancy_upscaling = true;
  bool try_recover_truncated_jpeg = false;
  float min_acceptable_fraction = 1.0;
  int stride = 0;
  // JDCT_ISLOW, libjpeg's own default, which other readers use; TensorFlow's default is the rougher fast one.
  int dct_method = 0;
  bool crop = false;
  int crop_x = 0;
  int crop_y = 0;
  int crop_width = 0;
  int crop_height = 0;
};

uint8_t* Uncompress(const void* file, int length, const UncompressFlags& flags, int64_t* warnings,
                    std::function<uint8_t*(int width, int height, int components)> allocate);

}  // namespace jpeg
}  // namespace tensorflow

namespace hilum {

bool decode_grey_jpeg(const uint8_t* file, size_t length, int64_t width, int64_t height, uint8_t* pixels) {
  if (length > INT_MAX) return false;
  tensorflow::jpeg::UncompressFlags flags;
  flags.components = 1;
  int64_t warnings = 0;
  const uint8_t* decoded = tensorflow::jpeg::Uncompress(
      file, static_cast<int>(length), flags, &warnings, [&](int found_width, int found_height, int components) {
        return found_width == width && found_height == height && components == 1 ? pixels : nullptr;
      });
  return decoded != nullptr && warnings == 0;
}

}  // namespace hilum

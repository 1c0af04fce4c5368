// Grey JPEG files by TensorFlow's decoder, read where it leaves them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace hilum {

// Decodes a file of one component at its full accuracy and hands the picture to `use`. Returns why it is refused, or "".
std::string decode_grey_jpeg(const uint8_t* file, size_t length,
                             const std::function<void(const uint8_t* pixels, int64_t width, int64_t height)>& use);

}  // namespace hilum

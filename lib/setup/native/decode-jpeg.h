// Grey JPEG files by TensorFlow's copy of libjpeg-turbo.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hilum {

// Decodes a file of one component, width x height, at its full accuracy. Returns whether it did so without a word: false
// where the decoder refuses the file, finds another size in it, or warns of anything.
bool decode_grey_jpeg(const uint8_t* file, size_t length, int64_t width, int64_t height, uint8_t* pixels);

}  // namespace hilum

#include "decode-jpeg.h"

#include <memory>

#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"
#include "tensorflow/core/platform/ctstring_internal.h"

namespace hilum {
namespace {

template <typename T, void (*Delete)(T*)>
struct Deleter {
  void operator()(T* value) const { Delete(value); }
};
template <typename T, void (*Delete)(T*)>
using Owned = std::unique_ptr<T, Deleter<T, Delete>>;

using Status = Owned<TF_Status, TF_DeleteStatus>;
using Tensor = Owned<TF_Tensor, TF_DeleteTensor>;
using Handle = Owned<TFE_TensorHandle, TFE_DeleteTensorHandle>;
using Op = Owned<TFE_Op, TFE_DeleteOp>;

// One for all threads, which it allows; lives as long as the process, as TensorFlow itself does.
TFE_Context* context() {
  static TFE_Context* const shared = [] {
    Status status(TF_NewStatus());
    TFE_ContextOptions* options = TFE_NewContextOptions();
    TFE_Context* made = TFE_NewContext(options, status.get());
    TFE_DeleteContextOptions(options);
    return made;
  }();
  return shared;
}

// A scalar string over the file's own memory.
Tensor scalar_string(const uint8_t* bytes, size_t length) {
  Tensor tensor(TF_AllocateTensor(TF_STRING, nullptr, 0, sizeof(TF_TString)));
  TF_TString* text = static_cast<TF_TString*>(TF_TensorData(tensor.get()));
  TF_TString_Init(text);
  TF_TString_AssignView(text, reinterpret_cast<const char*>(bytes), length);
  return tensor;
}

}  // namespace

std::string decode_grey_jpeg(const uint8_t* file, size_t length,
                             const std::function<void(const uint8_t*, int64_t, int64_t)>& use) {
  Status status(TF_NewStatus());
  const auto failed = [&status] { return TF_GetCode(status.get()) != TF_OK; };
  const auto reason = [&status] { return std::string(TF_Message(status.get())); };

  Op op(TFE_NewOp(context(), "DecodeJpeg", status.get()));
  if (failed()) return reason();
  const Tensor text = scalar_string(file, length);
  Handle input(TFE_NewTensorHandle(text.get(), status.get()));
  if (failed()) return reason();
  TFE_OpAddInput(op.get(), input.get(), status.get());
  if (failed()) return reason();
  TFE_OpSetAttrInt(op.get(), "channels", 1);
  // libjpeg's own default, which other readers use; TensorFlow's default is the rougher fast one.
  const std::string accurate = "INTEGER_ACCURATE";
  TFE_OpSetAttrString(op.get(), "dct_method", accurate.data(), accurate.size());

  TFE_TensorHandle* result = nullptr;
  int results = 1;
  TFE_Execute(op.get(), &result, &results, status.get());
  if (failed()) return reason();
  Handle output(result);
  Tensor pixels(TFE_TensorHandleResolve(output.get(), status.get()));
  if (failed()) return reason();
  use(static_cast<const uint8_t*>(TF_TensorData(pixels.get())), TF_Dim(pixels.get(), 1), TF_Dim(pixels.get(), 0));
  return "";
}

}  // namespace hilum

import type { NetworkName } from "../../contracts/run-config.ts";

const BASE = "https://storage.googleapis.com/tensorflow/keras-applications";

/** A file that Keras publishes: weights without the top, trained on ImageNet. */
export interface ImageNetFile {
  readonly url: string;
  /** As keras.applications states it. */
  readonly md5: string;
}

/** Addresses and hashes as in keras.applications 3.15 (densenet.py, vgg16.py, resnet.py). */
export const IMAGENET_FILES: Readonly<Partial<Record<NetworkName, ImageNetFile>>> = {
  densenet121: {
    url: `${BASE}/densenet/densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: "30ee3e1110167f948a6b9946edeeb738",
  },
  vgg16: {
    url: `${BASE}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: "6d6bbae143d832006294945121d1f1fc",
  },
  resnet50: {
    url: `${BASE}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: "4d473c1dd8becc155b73f8504c6f6626",
  },
};

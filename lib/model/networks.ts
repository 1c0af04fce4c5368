import type { ModelConfig, NetworkName } from "../contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { DENSENET_121, DENSENET_MINI, denseNet } from "./densenet.ts";
import { type Backbone, type Builder, type LayerRef, type Network, networkBuilder } from "./network.ts";
import { RESNET_50, RESNET_MINI, resNet } from "./resnet.ts";
import { VGG_16, VGG_MINI, vgg } from "./vgg.ts";

const BACKBONES: Record<NetworkName, Backbone> = {
  "densenet-mini": denseNet(DENSENET_MINI),
  "vgg-mini": vgg(VGG_MINI),
  "resnet-mini": resNet(RESNET_MINI),
  densenet121: denseNet(DENSENET_121),
  vgg16: vgg(VGG_16),
  resnet50: resNet(RESNET_50),
};

/** Head of every network: pooled features, one hidden layer, 14 logits. Names of its layers in that order. */
export const HEAD = { pool: "avg_pool", hidden: "head_dense", activation: "head_relu", logits: "logits" } as const;

/** Backbone and head of a configuration. */
export function buildNetwork(config: Pick<ModelConfig, "network" | "channels" | "headWidth">): Network {
  const net = networkBuilder();
  const features = BACKBONES[config.network](net, net.input(config.channels));
  const backbone = new Set(net.layers.map((layer) => layer.name));
  const logits = addHead(net, net.globalAveragePool(HEAD.pool, features), config.headWidth);
  return { layers: net.layers, features: features.name, logits: logits.name, backbone };
}

/**
 * The head of a configuration by itself, from pooled features to logits; its weights have the same names as in the
 * whole network.
 */
export function buildHead(config: Pick<ModelConfig, "network" | "channels" | "headWidth">): Network {
  const net = networkBuilder();
  const pooled = net.input(featureChannels(config));
  const logits = addHead(net, pooled, config.headWidth);
  return { layers: net.layers, features: pooled.name, logits: logits.name, backbone: new Set([pooled.name]) };
}

/** Length of a film's pooled features. */
export function featureChannels(config: Pick<ModelConfig, "network" | "channels" | "headWidth">): number {
  return buildNetwork(config).layers.find(({ name }) => name === HEAD.pool)!.channels;
}

function addHead(net: Builder, pooled: LayerRef, width: number): LayerRef {
  const hidden = net.relu(HEAD.activation, net.dense(HEAD.hidden, pooled, width));
  return net.dense(HEAD.logits, hidden, OBSERVATION_COUNT);
}

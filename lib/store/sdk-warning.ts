/** Versions are pinned, so that the SDK's warning about releases to come says nothing to those who run this one. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Imported first: the AWS SDK's word about Node 20 is for developers (docs/dependencies.md), not for the story. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** aws-local-stepfunctions calls Promise.withResolvers, which came with Node 22. To be imported before it. */
function withResolvers() {
  let resolve: unknown;
  let reject: unknown;
  const promise = new Promise((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

if (!("withResolvers" in Promise)) Object.assign(Promise, { withResolvers });

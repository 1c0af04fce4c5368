import * as z from "zod";

/** What CloudFormation asks of a resource of one's own, and where it waits for the answer: an hour where none comes. */
const ResourceEvent = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.unknown(),
});
export type ResourceEvent = z.infer<typeof ResourceEvent>;

/**
 * A function that CloudFormation calls for a resource of its own, and is answered in any case.
 * @param work does what is asked and says the resource's physical name; its error is the reason that the stack shows
 */
export function customResource<Context>(
  work: (request: ResourceEvent, context: Context) => Promise<string>,
): (event: unknown, context: Context) => Promise<void> {
  return async (event, context) => {
    const request = ResourceEvent.parse(event);
    const { PhysicalResourceId = request.LogicalResourceId } = request;
    try {
      await answer(request, { Status: "SUCCESS", Reason: "", PhysicalResourceId: await work(request, context) });
    } catch (error) {
      await answer(request, { Status: "FAILED", Reason: (error as Error).message, PhysicalResourceId });
    }
  };
}

async function answer(
  { ResponseURL, StackId, RequestId, LogicalResourceId }: ResourceEvent,
  outcome: { readonly Status: "SUCCESS" | "FAILED"; readonly Reason: string; readonly PhysicalResourceId: string },
): Promise<void> {
  const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId });
  const response = await fetch(ResponseURL, { method: "PUT", body, headers: { "content-type": "" } });
  if (!response.ok) throw new Error(`CloudFormation took no answer: HTTP ${response.status}`);
}

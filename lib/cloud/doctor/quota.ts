import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { ask } from "../ask.ts";

/** A quota by its names in Service Quotas. */
export interface Quota {
  readonly service: "ec2" | "lambda";
  readonly code: string;
}

/** What the account may have of it; the default, where it was never changed. */
export function quotaValue({ service, code }: Quota): Promise<number> {
  const client = new ServiceQuotasClient();
  const which = { ServiceCode: service, QuotaCode: code };
  return ask(`quota ${code}`, async () => {
    const { Quota } = await client.send(new GetServiceQuotaCommand(which)).catch((error) => {
      if (!(error instanceof NoSuchResourceException)) throw error;
      return client.send(new GetAWSDefaultServiceQuotaCommand(which));
    });
    return Quota?.Value ?? 0;
  });
}

/** The command that asks for more. */
export const raise = ({ service, code }: Quota, to: number, region: string): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} ` +
  `--desired-value ${to} --region ${region}`;

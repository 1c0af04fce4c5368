/** Batch's own choice of x86-64 instances: a balance of price and power among those of these families that the region has. */
export const ANY_X86 = "default_x86_64";

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html */
export const ANY_X86_FAMILIES = ["m6i", "c6i", "r6i", "c7i"] as const;

/** Sizes of those families that hold the largest job (lib/workflow/jobs.ts). */
export const ANY_X86_SIZES = ["2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"] as const;

/** Ends a check: prints what is wrong, a line each, and makes the process fail when there is anything. */
export function report(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}

/** As GNU automake has it. */
export const skippedStatus = 77

/** Ends a check that cannot be made here, which is told apart from one that passed. */
export function skip(reason: string): void {
  process.stderr.write(`${reason}\n`)
  process.exitCode = skippedStatus
}

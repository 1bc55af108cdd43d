/** Ends a check: prints what is wrong, a line each, and makes the process fail when there is anything. */
export function report(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}

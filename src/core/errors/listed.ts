// What --json has in full, a screen need not.
const mostListed = 20

/** A line for each failure, as many as a screen takes. */
export function listed<Failure extends { readonly reason: string }>(
  failures: readonly Failure[],
  nameOf: (failure: Failure) => string,
): string {
  const lines = failures.slice(0, mostListed).map((failure) => `  ${nameOf(failure)}: ${failure.reason}`)
  const rest = failures.length - lines.length
  return [...lines, ...(rest > 0 ? [`  and ${rest} more; --json has all`] : [])].join('\n')
}

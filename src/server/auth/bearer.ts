/** The token behind `Authorization: Bearer`. @param raw names and values in turn, as they came */
export function bearerOf(raw: readonly string[]): string | undefined {
  // Node shows but one of several.
  const [authorization = '', ...more] = raw.filter(
    (_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'authorization',
  )
  // Of two, whatever stands before the router may have looked at the other one.
  return more.length > 0 ? undefined : /^Bearer (\S+)$/i.exec(authorization)?.[1]
}

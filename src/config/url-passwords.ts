/** Passwords in the URLs of a text, as they stand there and decoded; also where the rest of it is no URL. */
export function urlPasswords(text: string): string[] {
  return [...text.matchAll(/:\/\/[^\s/:@]*:([^\s/@]+)@/g)].flatMap(([, password = '']) => [password, decoded(password)])
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

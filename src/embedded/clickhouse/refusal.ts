/** An answer as ClickHouse gives it: its own number of the error, and the text that its clients read the number from. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, type: string, reason: string) {
    super(`Code: ${code}. DB::Exception: ${reason} (${type})`)
    this.status = status
    this.code = code
  }
}

export const wrongPassword = (user: string): Refusal =>
  new Refusal(
    403,
    516,
    'AUTHENTICATION_FAILED',
    `${user}: Authentication failed: password is incorrect, or there is no such user.`,
  )

export const notImplemented = (what: string): Refusal => new Refusal(501, 48, 'NOT_IMPLEMENTED', `${what}.`)

export const tooLarge = (bytes: number): Refusal =>
  new Refusal(413, 307, 'TOO_MANY_BYTES', `A body that is not taken line by line may have ${bytes} bytes.`)

/** Whatever chDB has thrown, as an answer. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const [, code, reason = text, type = 'UNKNOWN_EXCEPTION'] =
    /Code: (\d+)\..*?Exception: (.+?)\(([A-Z0-9_]*[A-Z]{3}[A-Z0-9_]*)\)/s.exec(text) ?? []
  return new Refusal(Number(code) === 60 || Number(code) === 81 ? 404 : 500, Number(code ?? 1002), type, reason.trim())
}

/** Bytes as JSON holds them: text where they are UTF-8, else base64. */
export type Text = string | { readonly base64: string }

export function textOf(bytes: Buffer): Text {
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') }
}

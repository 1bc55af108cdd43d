/** A stream that is a terminal; ink asks it for more than this where it has more. */
export interface Terminal extends NodeJS.WritableStream {
  /** Zero where the terminal does not tell. */
  readonly columns: number
  readonly rows: number
}

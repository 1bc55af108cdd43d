/** What a line of a file says of a company, not judged yet; or why it cannot be read. */
export type Row = { readonly line: number } & ({ readonly value: unknown } | { readonly reason: string })

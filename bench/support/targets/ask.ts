import type { createHttpClient } from '../router/http-client.ts'

/** A message of a company to one of the router's addresses; the answer, read. */
export type Ask = <Answer>(company: string, path: string, message: object) => Promise<Answer>

export const askWith =
  (client: ReturnType<typeof createHttpClient>, apiKey: string): Ask =>
  async (company, path, message) =>
    JSON.parse(
      await client.post({
        path,
        headers: `authorization: Bearer ${apiKey}\r\nx-dbsvc-company: ${company}\r\n`,
        body: JSON.stringify(message),
      }),
    )

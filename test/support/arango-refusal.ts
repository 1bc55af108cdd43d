import { ArangoError } from 'arangojs/errors'

/** Status and errorNum that a server refuses a request with. Throws when it does not. */
export async function refusal(answer: Promise<unknown>): Promise<[status: number, errorNum: number]> {
  const error = await answer.then(
    () => null,
    (caught: unknown) => caught,
  )
  if (error === null) throw new Error('the request was not refused')
  if (!(error instanceof ArangoError)) throw error
  return [error.code ?? 0, error.errorNum]
}

import type { TestRouter } from '../../support/router.ts'

export interface Sent {
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** One request of the router's own service for company_abc, by any method. */
export const send = (
  router: TestRouter,
  method: string,
  path: string,
  { body, headers = {} }: Sent = {},
): Promise<Response> =>
  fetch(`${router.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${router.key}`,
      'x-dbsvc-company': 'company_abc',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })

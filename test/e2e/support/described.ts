import { expect } from 'vitest'
import { endpoints } from '../../../src/server/openapi/endpoints.ts'
import type { Answer } from '../../support/router.ts'

/** The answer as it is, which has to be as /openapi.json describes it. @param route such as `POST /v1/cache/get` */
export function described<Body>(route: string, answer: Answer<Body>): Answer<Body> {
  if (answer.status === 200) expect(endpoints[route]?.answer?.safeParse(answer.body).error, route).toBeUndefined()
  return answer
}

import { z } from 'zod'
import { logIn, tokenFor } from '../auth.ts'
import { type Route, route } from '../router.ts'

const credentials = z.object({ username: z.string(), password: z.string() })

export const authentication: readonly Route[] = [
  route('POST', '/_open/auth', 'open', ({ server, body }) => {
    const { username, password } = body(credentials, 400)
    return { status: 200, body: { jwt: logIn(server, username, password) } }
  }),
  route('POST', '/_open/auth/renew', 'known', ({ server, user }) => ({
    status: 200,
    body: { jwt: tokenFor(server, user.name) },
  })),
]

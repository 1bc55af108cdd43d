import pg from 'pg'

/** The slice of pg's Connection that tells how the server asks for a password. */
interface Asked {
  readonly connection: {
    once(event: 'authenticationCleartextPassword' | 'authenticationMD5Password', listener: () => void): void
  }
}

/**
 * A client that proves its password by SCRAM and sends it in no other form, as pg would to whatever asks: clear text is the password
 * itself, and MD5 is no better to whoever impersonates the server. Connecting then fails with a plain Error.
 */
export function createScramClient(options: pg.ClientConfig & { readonly password: string }): pg.Client {
  let form: string | null = null
  const client = new pg.Client({
    ...options,
    // Asked for whenever the server wants it.
    password: () => {
      if (form === null) return options.password
      throw new Error(`the server wants the password ${form}, and dbsvc proves it by SCRAM alone`)
    },
  })
  // Before pg's own listeners, which connecting adds.
  const { connection } = client as unknown as Asked
  connection.once('authenticationCleartextPassword', () => {
    form = 'in clear text'
  })
  connection.once('authenticationMD5Password', () => {
    form = 'hashed with MD5'
  })
  return client
}

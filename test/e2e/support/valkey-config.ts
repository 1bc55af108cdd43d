import type { TestValkey } from '../../support/valkey.ts'

/** The section of the configuration that names this server. */
export function dragonflyConfig({ url }: TestValkey): { dragonfly: Record<string, string | boolean> } {
  const { hostname, port, username, password } = new URL(url)
  return {
    dragonfly: {
      url: `redis://${hostname}:${port}`,
      plaintext: true,
      user: decodeURIComponent(username) || 'default',
      password: decodeURIComponent(password),
    },
  }
}

import { fileURLToPath } from 'node:url'

/** A folder that ships with the package, from sources and from dist alike. @returns an absolute path */
export function shippedPath(name: 'migrations' | 'templates'): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

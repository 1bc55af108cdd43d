import { fail } from '../errors.ts'

/** Throws 1543 for what is no regular expression. */
export function regExpOf(pattern: string, ignoreCase: boolean, flags = ''): RegExp {
  try {
    return new RegExp(pattern, `${flags}u${ignoreCase ? 'i' : ''}`)
  } catch {
    return fail(1543, `AQL: invalid regex value '${pattern}' (while executing)`)
  }
}

/** `%` is any text, `_` any character, a backslash takes away what is special. */
export function likeToRegExp(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern.replace(
    /\\([\s\S])|([%_])|([\s\S])/g,
    (_, escaped?: string, wild?: string, plain?: string) => {
      if (wild !== undefined) return wild === '%' ? '[\\s\\S]*' : '[\\s\\S]'
      return (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
    },
  )
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '')
}

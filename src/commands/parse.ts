import { InvalidArgumentError } from 'commander'
import { parseDuration, parseEnd } from '../core/service/lifetime.ts'
import { isServiceName } from '../core/service/name.ts'

/** Parses an option's value as a whole number from 1 on; commander reports what it is not. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return value
}

/** Parses a count that may be none. */
export function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0 on.')
  return Number(text)
}

/** Parses a TCP port; 0 asks for a free one. */
export function port(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.')
  return value
}

/** Parses the name of a service that is to be made. */
export function serviceName(text: string): string {
  if (!isServiceName(text)) {
    throw new InvalidArgumentError('It must be a lower-case letter, then up to 62 of a-z, 0-9 and -.')
  }
  return text
}

/** Collects the values of a repeatable option. */
export function collect(text: string, collected: readonly string[] = []): string[] {
  return [...collected, text]
}

/** Collects `key=value` of a repeatable option. */
export function keyValue(text: string, collected: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be key=value.')
  return { ...collected, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Parses a duration such as 30m, 24h or 90d. @returns milliseconds */
export function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration such as 30m, 24h or 90d.')
  return ms
}

/** Parses the end of something that begins now: a duration, or a date that is to come. */
export function futureEnd(text: string): Date {
  const end = parseEnd(text, Date.now())
  if (end === undefined)
    throw new InvalidArgumentError('It must be a duration such as 90d, or a date such as 2027-01-31.')
  if (end.getTime() <= Date.now()) throw new InvalidArgumentError('It must be in the future.')
  return end
}

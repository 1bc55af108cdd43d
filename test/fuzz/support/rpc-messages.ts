import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Random } from './random.ts'
import { garbageSql } from './sql.ts'

const deepest = 4

const texts: Readonly<Record<string, readonly string[]>> = {
  table: ['users', 'trading_ticks', 'pg_class', 'tenant_company_xyz.users'],
  columns: ['user_id', 'email', 'subscription_tier'],
  company_id: ['', 'company_abc', 'company_xyz'],
  class: ['TradingPatterns', 'Nothing'],
  json_value: ['{"a": [1.50]}', '{', ''],
  config_value: ['{"a": 1}', '['],
  properties_json: ['{}', '{"name": "a"}', '[['],
}

const strange = ['', 'k', '\0', '\u202e', 'a'.repeat(2_000), "'", '__proto__', 'company_xyz', '9'.repeat(400), '1e309']

const notUtf8 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xc0, 0x80]), Buffer.from([0xed, 0xa0, 0x80])]

/** A message of this type with some of its fields, as Protocol Buffers has it on the wire; now and then with what no sender would put there. */
export function messageOf(type: DescMessage, random: Random, depth = 0): Uint8Array {
  const writer = new BinaryWriter()
  for (const field of type.fields) {
    if (random.happens(0.3)) continue
    const times = field.fieldKind === 'list' ? random.below(4) : 1
    for (let time = 0; time < times; time += 1) write(writer, field, random, depth)
  }
  return writer.finish()
}

function write(writer: BinaryWriter, field: DescField, random: Random, depth: number): void {
  const { number } = field
  if (field.message !== undefined) {
    if (depth < deepest) writer.tag(number, WireType.LengthDelimited).bytes(messageOf(field.message, random, depth + 1))
  } else if (field.fieldKind === 'map') {
    const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string(random.one(strange)).finish()
    writer.tag(number, WireType.LengthDelimited).bytes(entry)
  } else if (field.enum !== undefined) {
    writer.tag(number, WireType.Varint).int32(random.one([0, 1, 2, 99, -1]))
  } else if (field.scalar !== undefined) {
    writeScalar(writer, field, field.scalar, random)
  }
}

function writeScalar(writer: BinaryWriter, { number, name }: DescField, type: ScalarType, random: Random): void {
  switch (type) {
    case ScalarType.STRING:
      writer.tag(number, WireType.LengthDelimited).bytes(textOf(name, random))
      break
    case ScalarType.BYTES:
      writer.tag(number, WireType.LengthDelimited).bytes(Buffer.alloc(random.below(40), 0xa5))
      break
    case ScalarType.DOUBLE:
      writer.tag(number, WireType.Bit64).double(random.one([0, -0, 0.1, Number.NaN, Number.POSITIVE_INFINITY, 1e308]))
      break
    case ScalarType.FLOAT:
      writer.tag(number, WireType.Bit32).float(random.one([0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY]))
      break
    default:
      // Whatever its type makes of so many bits.
      writer.tag(number, WireType.Varint).uint64(random.one([0n, 1n, 50n, 2n ** 31n, 2n ** 63n, 2n ** 64n - 1n]))
  }
}

function textOf(name: string, random: Random): Uint8Array {
  if (random.happens(0.03)) return random.one(notUtf8)
  if (name === 'sql' || name === 'query') return Buffer.from(random.happens(0.4) ? 'select $1' : garbageSql(random))
  return Buffer.from(random.one(random.happens(0.8) ? (texts[name] ?? strange) : strange))
}

/** Breaks a message, mostly so that it is none any more. */
export function breakMessage(bytes: Uint8Array, random: Random): Buffer {
  const message = Buffer.from(bytes)
  const at = random.below(message.length + 1)
  const around = (noise: Uint8Array): Buffer => Buffer.concat([message.subarray(0, at), noise, message.subarray(at)])
  switch (random.below(12)) {
    case 0:
      return message.subarray(0, at)
    case 1:
      // A field that says to be 4 GiB long.
      return around(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]))
    case 2:
      // A number that does not end, and fields and types that there are not.
      return around(random.one([Buffer.alloc(20, 0xff), Buffer.from([0x00]), Buffer.from([0x0f]), Buffer.from([0x0e])]))
    case 3:
      // The beginnings of groups without their ends.
      return around(Buffer.alloc(random.one([1, 200, 50_000]), 0x0b))
    case 4:
      for (let flips = 1 + random.below(4); flips > 0 && message.length > 0; flips -= 1)
        message[random.below(message.length)] = random.below(256)
      return message
    case 5:
      return random.happens(0.1) ? nested(random.one([100, 2_000, 20_000])) : Buffer.concat([message, message])
    default:
      return message
  }
}

/** Lists in lists, as params of a query: so deep that whoever reads them by recursion runs out of stack. */
function nested(depth: number): Buffer {
  let inner = Buffer.alloc(0)
  for (let at = 0; at < depth; at += 1) {
    // list_value of a value, values of a list; 5 is params of a query.
    const tag = at === depth - 1 ? 0x2a : at % 2 === 0 ? 0x52 : 0x0a
    inner = Buffer.concat([new BinaryWriter().uint32(tag).uint32(inner.length).finish(), inner])
  }
  return inner
}

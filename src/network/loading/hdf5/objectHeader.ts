import { VitrineError } from '../../../numeric/errors.ts';
import type { ByteReader } from '../byteReader.ts';

/** One message of an object header: what it is about, and where its content lies. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** The types of messages that are read, by the numbers of the HDF5 specification, IV.A.2. */
export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** The messages of the object header (version 1) at an address, those of its continuation blocks included. */
export function readMessages(file: ByteReader, address: number): Message[] {
  assertVersion1(file, address);
  const messages: Message[] = [];
  const blocks = [{ at: address + 16, size: file.uint32(address + 8) }];
  // Blocks are found while they are read. A chain that comes back to a block claims more bytes than there are.
  for (const { at, size } of blocks) {
    file.claim(at, size);
    for (const message of messagesOf(file, at, at + size)) {
      messages.push(message);
      if (message.type !== messageTypes.continuation) continue;
      blocks.push({ at: file.uint64(message.at), size: file.uint64(message.at + 8) });
    }
  }
  return messages;
}

function messagesOf(file: ByteReader, start: number, end: number): Message[] {
  const messages: Message[] = [];
  for (let at = start; at + 8 <= end; ) {
    const [type, size, flags] = [file.uint16(at), file.uint16(at + 2), file.uint8(at + 4)];
    if (at + 8 + size > end) throw new VitrineError('bad-file', `a message at ${at} is longer than its object header`);
    if (flags & 2) throw new VitrineError('bad-file', 'it holds committed datatypes, which are not read');
    messages.push({ type, at: at + 8, size });
    at += 8 + size;
  }
  return messages;
}

function assertVersion1(file: ByteReader, address: number): void {
  const version = file.uint8(address);
  if (version === 1) return;
  if (file.text(address, 4) === 'OHDR') {
    throw new VitrineError(
      'bad-file',
      "object headers of version 2 are not read: write it without h5py's libver='latest' or track_order",
    );
  }
  throw new VitrineError('bad-file', `an object header at ${address} expected version 1, got ${version}`);
}

// What we use of two packages that bring no types.

declare module "kafkajs-snappy" {
  const codec: () => {
    compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  };
  export default codec;
}

declare module "lz4js" {
  const lz4: {
    /** Size in bytes that the frame inflates to at most. Throws for what is no frame. */
    decompressBound(frame: Uint8Array): number;
    decompress(frame: Uint8Array): Uint8Array;
  };
  export default lz4;
}

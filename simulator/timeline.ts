interface Entry {
  at: number;
  order: number;
  work: (() => unknown) | undefined;
}

/**
 * Timers by time, then by the order in which they were set. It is a binary heap because a bake sets thousands and cancels most.
 */
export function createTimeline() {
  const heap: Entry[] = [];
  let orders = 0;
  const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

  function add(at: number, work: () => unknown): { cancel(): void } {
    const entry: Entry = { at, order: orders++, work };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!before(entry, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = entry;
    return { cancel: () => (entry.work = undefined) };
  }

  /** Removes the first timer. */
  function take(): void {
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
  }

  /** The first timer that is not cancelled. It is not removed. */
  function next(): { at: number; work: () => unknown } | undefined {
    while (heap[0] && !heap[0].work) take();
    const first = heap[0];
    return first?.work && { at: first.at, work: first.work };
  }

  return { add, take, next };
}

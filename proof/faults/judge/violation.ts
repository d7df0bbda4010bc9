/** The broken promise, and how it was broken. */
export interface Violation {
  invariant:
    | 'struck'
    | 'ends'
    | 'completes'
    | 'nothing left'
    | 'no twins'
    | 'verified first'
    | 'channel all or nothing'
    | 'told'
    | 'within bounds';
  what: string;
}

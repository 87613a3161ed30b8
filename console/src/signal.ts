import { useSyncExternalStore } from "react";

/** Held is a value that parts of the page share. */
export interface Held<T> {
  get: () => T;
  set: (value: T) => void;
  use: () => T;
}

export function held<T>(first: T): Held<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = () => value;
  return {
    get,
    set: (next) => {
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore((listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }, get),
  };
}

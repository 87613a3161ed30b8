import { useCallback, useEffect, useState } from "react";
import { held } from "./signal";

/** Loaded is what a page asked for, while and after it is on its way. */
export interface Loaded<T> {
  value?: T;
  error?: unknown;
  loading: boolean;
  again: () => void;
}

const revision = held(0);

/** changed has everything that is shown asked for anew: somebody has decided something. */
export const changed = (): void => revision.set(revision.get() + 1);

/** useLoaded asks again whenever key changes; what was shown before stays until the answer is there. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<{ key?: string; value?: T; error?: unknown }>({});
  const wanted = `${tries} ${revision.use()} ${key}`;
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then(
      (value) => setState({ key: wanted, value }),
      (error: unknown) => {
        if (!stop.signal.aborted) setState({ key: wanted, error });
      },
    );
    return () => stop.abort();
    // load is made anew with every view; key says when it asks for something else
  }, [wanted]);
  const again = useCallback(() => setTries((n) => n + 1), []);
  return { value: state.value, error: state.error, loading: state.key !== wanted, again };
}

import { createContext, useContext, type ReactNode } from "react";
import type { Me } from "./api/types";

const Context = createContext<Me | null>(null);

export function IsMe({ me, children }: { me: Me; children: ReactNode }) {
  return <Context.Provider value={me}>{children}</Context.Provider>;
}

/** useMe is who is signed in. */
export function useMe(): Me {
  const me = useContext(Context);
  if (!me) throw new Error("nobody is signed in");
  return me;
}

/** useMay tells what they may do: what they may not is not offered; the server refuses it anyway. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe();
  return (permission) => permissions.includes(permission);
}

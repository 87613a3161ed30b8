stop() {
  printf '%s\n' "$1" >&2
  exit 1
}

must() {
  sentence=$1
  shift
  found=$("$@")
  test "$found" = True || stop "$sentence"
}

nothing() {
  sentence=$1
  shift
  found=$("$@")
  test -z "$found" || stop "$sentence"
}

absent() {
  sentence=$1
  code=$2
  shift 2
  if refusal=$("$@" 2>&1); then
    stop "$sentence"
  fi
  case $refusal in
    *"$code"*) ;;
    *) stop "$refusal" ;;
  esac
}

await() {
  sentence=$1
  attempts=$2
  seconds=$3
  shift 3
  while :; do
    found=$("$@")
    if [ "$found" = True ]; then
      return
    fi
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || stop "$sentence"
    sleep "$seconds"
  done
}

accepted() {
  look=$1
  attempts=$2
  seconds=$3
  shift 3
  while :; do
    "$look"
    if refusal=$("$@" 2>&1); then
      return
    fi
    case $refusal in
      *BadRequestException* | *TooManyRequestsException*) ;;
      *) stop "$refusal" ;;
    esac
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || stop "$refusal"
    sleep "$seconds"
  done
}

none() {
  sentence=$1
  code=$2
  shift 2
  if found=$("$@" 2>&1); then
    test "$found" = True || stop "$sentence"
    return
  fi
  case $found in
    *"$code"*) ;;
    *) stop "$found" ;;
  esac
}

known() {
  code=$1
  instead=$2
  shift 2
  if refusal=$("$@" 2>&1 > /dev/null); then
    "$@"
    return
  fi
  case $refusal in
    *"$code"*) printf '%s\n' "$instead" ;;
    *) stop "$refusal" ;;
  esac
}

# Words of the CLI's stories.
export AWS_PAGER=
ROLE=arn:aws:iam::000000000000:role/jobs
XGBOOST=683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1

# Fails the story when two texts differ.
equal() {
  [ "$1" = "$2" ] || { echo "found \"$1\", wanted \"$2\"" >&2; exit 1; }
}

# eventually <text> <command…>: asks every three seconds until the answer is the text, at most 60 times. The CLI's own
# waiters look every 30 to 120 seconds, so a story waits by this first.
eventually() {
  local wanted="$1" found=
  shift
  for _ in $(seq 60); do
    found="$("$@" --output text)"
    [ "$found" != "$wanted" ] || return 0
    sleep 3
  done
  equal "$found" "$wanted"
}

# refused <part of the message> <command…>
refused() {
  local wanted="$1" said
  shift
  if said="$("$@" 2>&1)"; then
    echo "was not refused: $*" >&2
    exit 1
  fi
  grep -qF -- "$wanted" <<< "$said" || equal "$said" "$wanted"
}

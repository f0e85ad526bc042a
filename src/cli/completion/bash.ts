/**
 * Completion for bash 4 and later, with or without the bash-completion package. Ours, because the library's script
 * evaluates the words of the line and the candidates as shell code, needs bash-completion, and repeats `key=` when it
 * completes a value: bash takes `=` and `:` for ends of words, so what stands before the last of them is its own.
 */
export const BASH_SCRIPT = `# bash completion for plume-nav-capture
_plume_nav_capture() {
  local rest=\${COMP_LINE:0:COMP_POINT} trimmed piece line value bits=4 i n=0
  local words=()
  # put the words together again that bash cut at = and :
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    piece=\${COMP_WORDS[i]}
    # up to the cursor
    ((i < COMP_CWORD)) || piece=$trimmed
    if ((i > 0)) && [[ -n $piece && $trimmed == "$rest" ]]; then
      words[n - 1]+=$piece
    else
      words[n++]=$piece
    fi
    rest=\${trimmed#"$piece"}
  done

  local word=\${words[n - 1]} before=
  # what bash has put behind itself, unless a quote is open
  if [[ $word != [\\'\\"]* ]]; then
    local ends=\${COMP_WORDBREAKS//[^=:@]/}
    [[ -z $ends ]] || before=\${word%"\${word##*[$ends]}"}
  fi

  COMPREPLY=()
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    if [[ $line == :* ]]; then
      bits=\${line#:}
    else
      COMPREPLY+=("\${value#"$before"}")
    fi
  done < <(plume-nav-capture complete -- "\${words[@]:1}" 2>/dev/null)

  # what only the shell knows: names of folders, of files
  if ((bits & 2)); then
    compopt -o nospace
  elif ((bits & 16)); then
    compopt -o dirnames
  elif ((bits == 0)); then
    compopt -o default
  fi
}
complete -F _plume_nav_capture plume-nav-capture
`;

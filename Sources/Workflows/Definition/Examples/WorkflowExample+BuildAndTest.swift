extension WorkflowExample {
    /// A C program, from its source to a tested binary.
    static let buildAndTest = WorkflowExample(
        name: "build-and-test",
        text: #"""
            # Builds a small C program in the task's folder and tests it. Needs a C compiler, `cc`.
            title: Build and test
            description: Writes a C program, compiles it, runs its test, and keeps the binary.
            concurrency: 2

            inputs:
              level:
                title: How much the compiler optimizes
                type: choice
                options: ["0", "1", "2"]
                default: "1"

            phases:
              source:
                title: Write the source
                run: |
                  cat > sum.c <<'END'
                  #include <stdio.h>
                  #include <stdlib.h>

                  int main(int count, char **words) {
                      long sum = 0;
                      for (int i = 1; i < count; i++) sum += strtol(words[i], NULL, 10);
                      printf("%ld\n", sum);
                      return 0;
                  }
                  END
                  echo "Wrote sum.c"

              build:
                title: Compile
                needs: source
                timeout: 1m
                run: |
                  if ! command -v cc > /dev/null; then
                    echo "::error::There is no C compiler: install one that is called cc (Debian: apt install gcc)"
                    exit 1
                  fi
                  cc -Wall "-O$HOLDFAST_INPUT_LEVEL" -o sum sum.c
                  echo "::notice::Compiled with -O$HOLDFAST_INPUT_LEVEL"
                artifacts: sum

              test:
                title: Test
                needs: build
                timeout: 10s
                run: |
                  check() {
                    wanted=$1
                    shift
                    found=$(./sum "$@")
                    if [ "$found" != "$wanted" ]; then
                      echo "::error::sum $* is $found and should be $wanted"
                      exit 1
                    fi
                    echo "sum $* is $found"
                  }
                  check 0
                  echo "::progress percent=33::one of three"
                  check 6 1 2 3
                  echo "::progress percent=66::two of three"
                  check -1 1 -2
                  echo "::progress percent=100::three of three"

            """#)
}

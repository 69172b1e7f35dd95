package dev.barnabas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void hasKafkasCodesUnderKafkasNames() {
        assertThat(Arrays.stream(ErrorCode.values()).map(code -> code.code() + " " + code.name()))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Errors.values())
                        .map(error -> error.code() + " " + error.name())
                        .toList());
    }

    @Test
    void isFoundByCode() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.forCode(code.code())).isEqualTo(code);
            assertThat(code.message()).isNotBlank();
        }
    }

    @Test
    void unknownCodesAreServerErrors() {
        assertThat(ErrorCode.forCode(-2)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.forCode(ErrorCode.values().length)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}

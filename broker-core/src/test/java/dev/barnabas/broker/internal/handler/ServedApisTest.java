package dev.barnabas.broker.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.barnabas.broker.internal.controller.TestControlPlane;
import dev.barnabas.broker.internal.group.OneBroker;
import dev.barnabas.broker.internal.request.HandlerSource;
import dev.barnabas.broker.internal.request.ServedApis;
import dev.barnabas.protocol.ApiKey;
import dev.barnabas.protocol.VersionRange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServedApisTest {

    @ParameterizedTest
    @EnumSource
    void exactlyOnePartOfTheBrokerServesWhatIsAdvertised(ApiKey api) throws Exception {
        try (var control = new TestControlPlane(Map.of());
                var data = new DataPath();
                var groups = new OneBroker()) {
            List<HandlerSource> parts = List.of(control.plane, data.handlers(), groups.handlers());

            assertThat(parts.stream().filter(part -> part.handler(api) != null))
                    .hasSize(ServedApis.versions(api) == null ? 0 : 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyVersionsThatTheProtocolHasAreServed(ApiKey api) {
        VersionRange served = ServedApis.versions(api);
        if (served != null) {
            assertThat(api.versions().contains(served.min())).isTrue();
            assertThat(api.versions().contains(served.max())).isTrue();
        }
    }
}
